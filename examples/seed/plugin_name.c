#include <stdio.h>
int V;
void F(void) { printf("Hello, number %d\n", V); }
