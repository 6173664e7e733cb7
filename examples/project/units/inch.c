/* inch.c - a unit without packages. */
#include "unit.h"

double unit_to_metres(double amount)
{
    return amount * 0.0254;
}
