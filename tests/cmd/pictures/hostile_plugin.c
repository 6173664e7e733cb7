struct holds_markup_xxxxxxxxxxxxxxxxxx {
    int number;
    float member_of_quotes_yyyyyyyyyyyyyy;
    int member_that_turns_zzz;
};
int host_use(struct holds_markup_xxxxxxxxxxxxxxxxxx *s);
int missing_function_wwwwwwwww(void);
int f(void)
{
    struct holds_markup_xxxxxxxxxxxxxxxxxx s = {0};
    return host_use(&s) + missing_function_wwwwwwwww();
}
