/* needs.so: uses what this process does not have. */
struct host;
int host_open(struct host *host);
int host_close(struct host *host);

int use(struct host *host)
{
    return host_open(host) + host_close(host);
}
