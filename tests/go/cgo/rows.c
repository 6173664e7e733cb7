#include "_cgo_export.h"

static int neighbours(int side, const int *board, int row, int column)
{
    int count = 0;
    for (int y = row - 1; y <= row + 1; y++)
        for (int x = column - 1; x <= column + 1; x++)
            if (y >= 0 && y < side && x >= 0 && x < side && (y != row || x != column))
                count += board[y * side + x] != 0;
    return count;
}

void life_rows(int side, int from, int to, int *board, int *next)
{
    for (int row = from; row < to; row++)
        for (int column = 0; column < side; column++) {
            int count = neighbours(side, board, row, column);
            int place = row * side + column;
            next[place] = count == 3 || (count == 2 && board[place]);
        }
}

void life_advance(int side, int *board, int *next)
{
    for (int part = 0; part < 4; part++)
        goStart(side, part * side / 4, (part + 1) * side / 4, board, next);
    goWait();
}
