"""In: where CIFAR-10 lies. Out: its images and labels as they were published, and whether they are."""
