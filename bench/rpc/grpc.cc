// SPDX-License-Identifier: MIT
// gRPC over a Unix socket, with its synchronous interface. A call back is a stream of two messages
// each way.
#include "grpc.grpc.pb.h"
#include "measure.h"

#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/prctl.h>

using grpc::ClientContext;
using grpc::ServerContext;
using grpc::Status;

namespace
{
const char address[] = "unix:grpc.socket";
std::unique_ptr<rpc::Calls::Stub> stub;

struct Served final : rpc::Calls::Service {
    Status DoNothing(ServerContext *, const rpc::Nothing *, rpc::Nothing *) override
    {
        return Status::OK;
    }
    Status Value(ServerContext *, const rpc::Bytes *bytes, rpc::Number *result) override
    {
        result->set_number(bytes->bytes().back());
        return Status::OK;
    }
    Status Length(ServerContext *, const rpc::Text *text, rpc::Number *result) override
    {
        result->set_number(static_cast<int>(text->text().size()));
        return Status::OK;
    }
    Status First(ServerContext *, const rpc::Bytes *bytes, rpc::Number *result) override
    {
        result->set_number(bytes->bytes().front());
        return Status::OK;
    }
    Status Back(ServerContext *,
                grpc::ServerReaderWriter<rpc::Number, rpc::Number> *stream) override
    {
        rpc::Number number;
        while (stream->Read(&number))
            stream->Write(number);
        return Status::OK;
    }
};

void serve()
{
    Served served;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterService(&served);
    builder.BuildAndStart()->Wait();
}

// Makes a call and returns the number of its result.
template <class Request, class Result>
Result call(Status (rpc::Calls::Stub::*method)(ClientContext *, const Request &, Result *),
            const Request &request)
{
    ClientContext context;
    Result result;
    if (!(stub.get()->*method)(&context, request, &result).ok())
        exit(EXIT_FAILURE);
    return result;
}

void nothing()
{
    call(&rpc::Calls::Stub::DoNothing, rpc::Nothing());
}

int value(bytes64 value)
{
    rpc::Bytes bytes;
    bytes.set_bytes(value.at, sizeof value.at);
    return call(&rpc::Calls::Stub::Value, bytes).number();
}

int length(const char *string)
{
    rpc::Text text;
    text.set_text(string);
    return call(&rpc::Calls::Stub::Length, text).number();
}

int first(const unsigned char *at, size_t count)
{
    rpc::Bytes bytes;
    bytes.set_bytes(at, count);
    return call(&rpc::Calls::Stub::First, bytes).number();
}

int back(int (*function)(int), int number)
{
    ClientContext context;
    rpc::Number message;
    auto stream = stub->Back(&context);
    message.set_number(number);
    stream->Write(message);
    stream->Read(&message);
    message.set_number(function(message.number()));
    stream->Write(message);
    stream->Read(&message);
    stream->WritesDone();
    if (!stream->Finish().ok())
        exit(EXIT_FAILURE);
    return message.number();
}
} // namespace

int main()
{
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve();
    }
    auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    stub = rpc::Calls::NewStub(channel);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)))
        return EXIT_FAILURE;
    const peer own = {"grpc", {nothing, value, length, first, back}, own_megabyte};
    measure(&own, 1);
}
