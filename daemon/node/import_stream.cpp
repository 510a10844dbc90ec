#include "node/import_stream.hpp"

#include "protocol/error.hpp"

// What is asked of a node's images.
namespace gf::node {

ImportStream::ImportStream(std::shared_ptr<Session> session)
    : session_(std::move(session)), call_(*session_), state_(std::make_shared<DialStream::State>(session_->executor_)) {
  session_->streams_.emplace(call_.id(), state_);
  stream_ = std::make_unique<DialStream>(session_, call_.id(), state_);
  session_->outbox_.post(FrameType::import, call_.id());
}

Task<> ImportStream::finish() {
  auto finishing = stream_->finish_writing();
  co_await std::move(finishing);
  auto answer = call_.answer();
  co_await std::move(answer);
  state_->on_finish();  // nothing more comes: there is nothing to reset
}

Task<BlobSizes> Session::blobs(std::vector<std::string> digests) {
  BlobSizes all;
  for (std::size_t at = 0; at < digests.size(); at += most_digests) {
    const auto end = std::min(digests.size(), at + most_digests);
    const std::vector<std::string> some(digests.begin() + static_cast<std::ptrdiff_t>(at),
                                        digests.begin() + static_cast<std::ptrdiff_t>(end));
    Request call(*this);
    outbox_.post(FrameType::blobs, call.id(), encode_digests(some));
    const auto payload = co_await call.answer();
    const auto sizes = decode_sizes(payload);
    if (sizes.size() != some.size())
      throw Error(ErrorCode::cluster_unavailable, "cannot ask the node " + node_ + ": its answer does not fit");
    all.insert(all.end(), sizes.begin(), sizes.end());
  }
  co_return all;
}

Task<std::unique_ptr<Import>> Session::import_images() { co_return std::make_unique<ImportStream>(shared_from_this()); }

}  // namespace gf::node
