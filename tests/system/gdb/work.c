int level = LEVEL;

void work(void)
{
    level++;
}
