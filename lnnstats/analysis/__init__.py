"""Plan + results -> findings -> verdicts. Never sees a world: any table with the plan's columns will do."""
