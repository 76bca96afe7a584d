"""The shipped model with its card, and the performance that `jtm demo` plays."""
