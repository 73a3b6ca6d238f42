"""Models of a run by what they are: one module each, with ``answers(stage, questions, most)``.

It gives what each of the stage's input members writes greedily to texts that end in a question: a list of answers, cut
off after ``most`` characters, and an array (N,) that tells which of them the model ended by itself.
"""
