#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "commands.hpp"
#include "core/clock.hpp"
#include "seal/sealed_secret.hpp"

namespace gf::cli {

namespace {

struct Options {
  std::string name, space, scope, type, manifest, certificate;
  std::vector<std::string> literals, files, env_files;
  bool has_values() const { return !literals.empty() || !files.empty() || !env_files.empty(); }
};

struct Text {
  std::string what;  ///< for errors
  std::string contents;
};

/// A file's contents, standard input's for "-".
Text read(const std::string& path) {
  if (path == "-") {
    if (::isatty(STDIN_FILENO) != 0)
      throw Error(ErrorCode::usage, "cannot seal what is typed: standard input is a terminal",
                  "--from-file KEY=FILE, or -f FILE");
    return {"standard input", std::string(std::istreambuf_iterator<char>(std::cin), {})};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) throw Error(ErrorCode::not_found, "cannot read " + path + ": " + std::strerror(errno));
  if (std::filesystem::is_directory(path)) throw Error(ErrorCode::usage, "cannot read " + path + ": it is a folder");
  return {path, std::string(std::istreambuf_iterator<char>(file), {})};
}

/// "KEY=FILE", or "FILE", whose own name is the key then.
void add_file(seal::Secret& secret, const std::string& argument) {
  const auto equals = argument.find('=');
  const auto path = equals == std::string::npos ? argument : argument.substr(equals + 1);
  const auto key =
      equals == std::string::npos ? std::filesystem::path(path).filename().string() : argument.substr(0, equals);
  auto text = read(path);
  seal::add_value(secret, key, std::move(text.contents), text.what);
}

struct Input {
  std::string what;
  seal::Secret secret;
};

std::vector<Input> inputs(const Options& options) {
  if (options.has_values() && !options.manifest.empty())
    throw Error(ErrorCode::usage, "cannot seal a manifest and values of options at once", "either -f or --from-…");
  std::vector<Input> all;
  if (options.has_values()) {
    seal::Secret secret;
    for (const auto& literal : options.literals) seal::add_literal(secret, literal);
    for (const auto& file : options.files) add_file(secret, file);
    for (const auto& path : options.env_files) {
      const auto text = read(path);
      seal::add_env_file(secret, text.contents, text.what);
    }
    all.push_back({"the Secret", std::move(secret)});
  } else {
    const auto text = read(options.manifest.empty() ? "-" : options.manifest);
    for (auto& secret : seal::secrets_from(text.contents, text.what)) all.push_back({text.what, std::move(secret)});
  }
  if (all.size() > 1 && !options.name.empty())
    throw Error(ErrorCode::usage, "cannot give " + std::to_string(all.size()) + " Secrets one name", "without --name");
  return all;
}

/// The project's namespace, when the folder is one's and the daemon knows it; else "".
std::string project_space(Context& context) {
  try {
    return current_project(context, context.session.get("/v1/status")).value("name", "");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return {};
    throw;
  }
}

void complete(seal::Secret& secret, const std::string& what, const Options& options) {
  if (!options.name.empty()) secret.name = options.name;
  if (!options.type.empty()) secret.type = options.type;
  if (!options.space.empty() && !secret.space.empty() && options.space != secret.space)
    throw Error(ErrorCode::usage,
                "cannot seal " + what + ": it names the namespace '" + secret.space + "', and --namespace another one");
  if (!options.space.empty()) secret.space = options.space;
}

seal::Certificate certificate(Context& context, const std::string& path) {
  SystemClock clock;
  auto from = [&](const std::string& pem, const std::string& what, const std::string& remedy) {
    auto parsed = seal::Certificate::read(pem, what);
    parsed.need_valid(clock.wall_seconds(), remedy);
    return parsed;
  };
  if (!path.empty()) {
    const auto text = read(path);
    return from(text.contents, text.what, "gf seal certificate > " + path + " fetches the cluster's newest");
  }
  context.session.ensure_daemon();
  const auto answer = context.session.get("/v1/seal/certificate");
  return from(answer.value("certificate", ""), "the cluster's certificate", "gf seal rotate makes a new key");
}

void print(const Context& context, const std::vector<Json>& manifests) {
  if (!context.output.json)
    std::cout << seal::manifest_text(manifests);
  else
    for (const auto& one : manifests) std::cout << dump(one) << '\n';
}

void seal_all(Context& context, const Options& options) {
  auto all = inputs(options);
  const auto key = certificate(context, options.certificate);
  std::vector<Json> sealed;
  for (auto& [what, secret] : all) {
    complete(secret, what, options);
    const auto scope = options.scope.empty() ? seal::annotated_scope(secret) : seal::scope_from(options.scope);
    const bool bound = scope != seal::Scope::cluster_wide;
    if (bound && secret.space.empty() && options.certificate.empty()) secret.space = project_space(context);
    sealed.push_back(seal::sealed_secret(std::move(secret), scope, key, what));
  }
  print(context, sealed);
}

void add_certificate(CLI::App& command, Context& context) {
  command.add_subcommand("certificate", "print the certificate to seal for: it may be committed")->callback([&context] {
    context.session.ensure_daemon();
    const auto answer = context.session.get("/v1/seal/certificate");
    std::cout << (context.output.json ? dump(answer) + '\n' : answer.value("certificate", ""));
  });
}

void add_rotate(CLI::App& command, Context& context) {
  command.add_subcommand("rotate", "make a new sealing key; what is sealed stays readable")->callback([&context] {
    context.session.ensure_daemon();
    finish(context, context.session.send("POST", "/v1/seal/rotate", Json::object()));
  });
}

void add_renew(CLI::App& command, Context& context) {
  auto* renew = command.add_subcommand("renew", "print a SealedSecret sealed anew with the newest key");
  auto path = std::make_shared<std::string>("-");
  renew->add_option("-f,--file", *path, "its manifest (default: standard input)");
  renew->callback([&context, path] {
    const auto text = read(*path);
    auto all = seal::sealed_secrets_from(text.contents, text.what);
    context.session.ensure_daemon();
    for (auto& one : all) {
      Json body;
      body["sealed_secret"] = seal::bare(one);
      const auto answer = context.session.send("POST", "/v1/seal/renew", body);
      one["spec"]["encryptedData"] = answer.at("sealed_secret").at("spec").at("encryptedData");
    }
    print(context, all);
  });
}

}  // namespace

void add_seal(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "seal", "make a SealedSecret, which may be committed, of a Secret: gf seal --name db --from-file password=FILE");
  auto options = std::make_shared<Options>();
  command->add_option("--name", options->name, "of the Secret");
  command->add_option("-n,--namespace", options->space, "of the Secret (default: this project's)");
  command->add_option("--scope", options->scope,
                      "where it can be unsealed: strict (under its own name only), namespace-wide, cluster-wide");
  command->add_option("--type", options->type, "of the Secret: kubernetes.io/tls, …");
  auto add_list = [&](const char* name, std::vector<std::string>& list, const char* description) {
    command->add_option(name, list, description)->allow_extra_args(false);
  };
  add_list("--from-file", options->files, "KEY=FILE: a file's contents; FILE alone: under its own name; '-': input");
  add_list("--from-env-file", options->env_files, "a file of lines KEY=VALUE");
  add_list("--from-literal", options->literals,
           "KEY=VALUE: for what is not secret yet: every user of this machine can see a command line");
  command->add_option("-f,--file", options->manifest, "a Secret's manifest (default: standard input)");
  command->add_option("--cert", options->certificate, "a certificate's file, instead of asking the cluster");
  add_certificate(*command, context);
  add_rotate(*command, context);
  add_renew(*command, context);
  command->callback([&context, command, options] {
    if (command->get_subcommands().empty()) seal_all(context, *options);
  });
}

}  // namespace gf::cli
