void life_advance(int side, int *board, int *next);
void life_rows(int side, int from, int to, int *board, int *next);
