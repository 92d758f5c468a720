"""From a placed program to machine code, where llvmlite is installed (`pip install 'lamina[fast]'`).

    _code       the text of LLVM's language, a line at a time: values, loads and stores, loops
    _math       exp, log, tanh and their like, as polynomials that run on vectors
    _arrays     loops over arrays
    _products   products of matrices, through the BLAS that NumPy has loaded
    _program    a layout -> functions: which calls go together, and what is kept in registers
    _library    text -> functions that ctypes can call

What a primitive becomes stands in its record (`Primitive.emit`); a program knows no primitive by its name.
"""
