// SPDX-License-Identifier: MIT
// Cap'n Proto RPC over a socket pair. A call back calls a capability that the call passes.
#include "capnp.capnp.h"
#include "measure.h"

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace
{
kj::WaitScope *scope;
Calls::Client *client;

struct Served final : Calls::Server {
    kj::Promise<void> nothing(NothingContext) override
    {
        return kj::READY_NOW;
    }
    kj::Promise<void> value(ValueContext context) override
    {
        context.getResults().setNumber(context.getParams().getBytes().back());
        return kj::READY_NOW;
    }
    kj::Promise<void> length(LengthContext context) override
    {
        context.getResults().setNumber(static_cast<int>(context.getParams().getText().size()));
        return kj::READY_NOW;
    }
    kj::Promise<void> first(FirstContext context) override
    {
        context.getResults().setNumber(context.getParams().getBytes().front());
        return kj::READY_NOW;
    }
    kj::Promise<void> back(BackContext context) override
    {
        auto request = context.getParams().getFunction().callRequest();
        request.setNumber(context.getParams().getNumber());
        return request.send().then(
            [context](auto result) mutable { context.getResults().setNumber(result.getNumber()); });
    }
};

struct Passed final : Function::Server {
    int (*function)(int);
    explicit Passed(int (*passed)(int)) : function(passed)
    {
    }
    kj::Promise<void> call(CallContext context) override
    {
        context.getResults().setNumber(function(context.getParams().getNumber()));
        return kj::READY_NOW;
    }
};

void nothing()
{
    client->nothingRequest().send().wait(*scope);
}

int value(bytes64 value)
{
    auto request = client->valueRequest();
    request.setBytes(kj::arrayPtr(value.at, sizeof value.at));
    return request.send().wait(*scope).getNumber();
}

int length(const char *string)
{
    auto request = client->lengthRequest();
    request.setText(string);
    return request.send().wait(*scope).getNumber();
}

int first(const unsigned char *bytes, size_t count)
{
    auto request = client->firstRequest();
    request.setBytes(kj::arrayPtr(bytes, count));
    return request.send().wait(*scope).getNumber();
}

int back(int (*function)(int), int number)
{
    auto request = client->backRequest();
    request.setFunction(kj::heap<Passed>(function));
    request.setNumber(number);
    return request.send().wait(*scope).getNumber();
}
} // namespace

int main()
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
        return EXIT_FAILURE;
    bool is_host = fork() != 0;
    if (!is_host)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto io = kj::setupAsyncIo();
    auto stream = io.lowLevelProvider->wrapSocketFd(sockets[is_host]);
    if (!is_host) {
        capnp::TwoPartyClient server(*stream, kj::heap<Served>(),
                                     capnp::rpc::twoparty::Side::SERVER);
        server.onDisconnect().wait(io.waitScope);
        return EXIT_SUCCESS;
    }
    capnp::TwoPartyClient connection(*stream);
    auto calls = connection.bootstrap().castAs<Calls>();
    scope = &io.waitScope;
    client = &calls;
    const peer own = {"capnp", {nothing, value, length, first, back}, own_megabyte};
    measure(&own, 1);
}
