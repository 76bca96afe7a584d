"""What tests of several rooms share: toy models, tiny corpora, servers, sessions of live."""
