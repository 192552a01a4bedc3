"""The second source: a reported result and its data in, the same numbers from another library beside them out.

Each function is named after the procedure it checks and takes the Evidence reported (for `kaplan_meier` the curve),
then the arguments of that procedure. It returns one Agreement per number, and none at all beyond 20,000 values, where
the libraries would take minutes, or where the library has no answer (an infinite estimate, say).
"""
