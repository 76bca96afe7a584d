"""The lesson in the window as pure logic: what is asked next, what was heard, what is wrong."""
