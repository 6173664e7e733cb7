/* What is opened in the sandbox: a library with a constructor and thread-local memory. */
static _Thread_local int answer = 2;
static int made;

__attribute__((constructor)) static void make(void)
{
    made = 40;
}

__attribute__((visibility("default"))) int tiny(void);
int tiny(void)
{
    return made + answer;
}
