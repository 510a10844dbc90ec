#include "seal/sealed_secret.hpp"

#include <doctest/doctest.h>

#include "kube/manifests.hpp"
#include "protocol/error.hpp"
#include "unit/seal/sealing_key.hpp"

namespace gf::test {

namespace {

using seal::Scope;
using seal::Secret;

const SealingKey& key() {
  static const SealingKey made("RSA");
  return made;
}

Secret secret() {
  Secret made;
  made.name = "db";
  made.space = "shop";
  made.values = {{"password", "s3cret"}};
  return made;
}

Json sealed(Secret of, Scope scope) {
  return seal::sealed_secret(std::move(of), scope, seal::Certificate::read(key().certificate(3600), "it"), "db.yaml");
}

/// The error's message and hint, "" when there is none.
template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.message() + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return {};
}

std::string manifest_refusal(const std::string& text) {
  return refusal([&] { seal::secrets_from(text, "db.yaml"); });
}

const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n";

}  // namespace

TEST_CASE("the scope decides about label and annotations") {
  constexpr const char* wide = "sealedsecrets.bitnami.com/namespace-wide";
  constexpr const char* everywhere = "sealedsecrets.bitnami.com/cluster-wide";
  struct Row {
    Scope scope;
    const char *label, *annotation;
  };
  for (const auto& row : {Row{Scope::strict, "shop/db", nullptr}, Row{Scope::namespace_wide, "shop", wide},
                          Row{Scope::cluster_wide, "", everywhere}}) {
    CAPTURE(row.label);
    CHECK(seal::label_of(secret(), row.scope) == row.label);
    auto annotated = secret();
    annotated.annotations = {{wide, "true"}, {"mine", "kept"}};  // the scope that was asked for wins
    const auto made = sealed(annotated, row.scope);
    Json expected = Json::object();
    if (row.annotation) expected[row.annotation] = "true";
    CHECK(made["metadata"].value("annotations", Json::object()) == expected);
    expected["mine"] = "kept";
    CHECK(made["spec"]["template"]["metadata"]["annotations"] == expected);
    CHECK(key().unseal(made["spec"]["encryptedData"]["password"], row.label) == "s3cret");
  }
  auto annotated = secret();
  CHECK(seal::annotated_scope(annotated) == Scope::strict);
  annotated.annotations = {{wide, "true"}};
  CHECK(seal::annotated_scope(annotated) == Scope::namespace_wide);
  annotated.annotations = {{wide, "true"}, {everywhere, "true"}};
  CHECK(seal::annotated_scope(annotated) == Scope::cluster_wide);
  CHECK(seal::scope_from("namespace-wide") == Scope::namespace_wide);
  CHECK(refusal([] { seal::scope_from("wide"); }) ==
        "cannot seal in the scope 'wide' | strict, namespace-wide or cluster-wide");
}

TEST_CASE("the template is the Secret without its values") {
  auto whole = secret();
  whole.type = "kubernetes.io/basic-auth";
  whole.immutable = true;
  whole.labels = {{"team", "blue"}};
  auto made = sealed(whole, Scope::strict);
  made["spec"].erase("encryptedData");
  CHECK(made == Json::parse(R"({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
    "metadata": {"name": "db", "namespace": "shop"},
    "spec": {"template": {"immutable": true, "type": "kubernetes.io/basic-auth",
                          "metadata": {"name": "db", "namespace": "shop", "labels": {"team": "blue"}}}}})"));
}

TEST_CASE("what Kubernetes would not take, or the scope cannot bind, is refused") {
  auto message = [](auto change, Scope scope = Scope::strict) {
    auto one = secret();
    change(one);
    return refusal([&] { sealed(one, scope); });
  };
  CHECK(message([](Secret& one) { one.name.clear(); }) == "cannot seal db.yaml: it has no name | --name NAME");
  CHECK(message([](Secret& one) { one.name = "Db"; }).starts_with("cannot seal db.yaml: 'Db' cannot be its name"));
  CHECK(message([](Secret& one) { one.space = "a.b"; }).starts_with("cannot seal db.yaml: 'a.b' cannot be its namesp"));
  CHECK(message([](Secret& one) { one.space.clear(); }) ==
        "cannot seal db.yaml: its scope binds it to a namespace, and it names none | --namespace NAME, or --scope "
        "cluster-wide");
  CHECK(message([](Secret& one) { one.space.clear(); }, Scope::cluster_wide).empty());
  CHECK(message([](Secret& one) { one.values.clear(); }).starts_with("cannot seal db.yaml: it holds no values"));
  CHECK(message([](Secret& one) {
          one.values["big"] = std::string(1 << 20, 'x');
        }).starts_with("cannot seal db.yaml: its values have 1048582 bytes"));
}

TEST_CASE("manifests are read as Kubernetes reads them") {
  const auto read = seal::secrets_from(
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  uid: abc\n  labels: {team: blue}\n"
      "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: in clear\n    mine: kept\n"
      "type: Opaque\nimmutable: false\ndata:\n  a: czNjcmV0\n  both: YQ==\n  empty: ''\nstringData:\n  both: b\n"
      "---\n{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"two\"}, \"stringData\": {}}\n",
      "db.yaml");
  REQUIRE(read.size() == 2);
  const auto& one = read.front();
  CHECK(one.name == "db");
  CHECK(one.space == "shop");
  CHECK(one.type == "Opaque");
  CHECK(one.immutable == false);
  CHECK(one.labels == std::map<std::string, std::string>{{"team", "blue"}});
  CHECK(one.annotations == std::map<std::string, std::string>{{"mine", "kept"}});
  CHECK(one.values == std::map<std::string, std::string>{{"a", "s3cret"}, {"both", "b"}, {"empty", ""}});
  CHECK(read.back().name == "two");
}

TEST_CASE("a bad manifest is refused with its place, and without a value") {
  struct Row {
    std::string text, refusal;
  };
  for (const auto& row : {
           Row{"", "cannot seal db.yaml: it is empty"},
           Row{"a: [", "cannot read db.yaml: line 1, column 1: end of sequence flow not found"},
           Row{"just text", "cannot seal db.yaml: it is no manifest"},
           Row{"apiVersion: v1\nkind: ConfigMap\n", "cannot seal db.yaml: it is a ConfigMap, not a Secret of v1"},
           Row{head + "---\nkind: Pod\n", "cannot seal db.yaml: document 2: it is a Pod, not a Secret of v1"},
           Row{head + "stringdata: {a: b}\n",
               "cannot seal db.yaml: a Secret has no 'stringdata' | did you mean 'stringData'?"},
           Row{head + "stringData: {port: 5432}\n",
               "cannot seal db.yaml: stringData.port must be a string | write it in quotes"},
           Row{head + "data: {a: 's3cret!'}\n",
               "cannot seal db.yaml: data.a is not base64 | put what is not encoded under stringData"},
           Row{head + "data: [a]\n", "cannot seal db.yaml: data must hold names and values"},
           Row{head + "stringData: {'a b': c}\n",
               "cannot seal db.yaml: 'a b' cannot be a key of a Secret | keys are made of letters, digits, '-', '_' "
               "and "
               "'.'"},
       })
    CHECK(manifest_refusal(row.text) == row.refusal);
}

TEST_CASE("values of options: literals and lines of an environment file") {
  Secret made;
  seal::add_literal(made, "a=b=c");
  seal::add_literal(made, "empty=");
  seal::add_env_file(made, "# a comment\n\n  USER=me\r\nURL=\"as it stands\" # too\n", ".env");
  CHECK(made.values == std::map<std::string, std::string>{
                           {"a", "b=c"}, {"empty", ""}, {"USER", "me"}, {"URL", "\"as it stands\" # too"}});
  CHECK(refusal([&] { seal::add_literal(made, "s3cret"); }) == "cannot seal --from-literal: it must be KEY=VALUE");
  CHECK(refusal([&] { seal::add_env_file(made, "A=1\ns3cret\n", ".env"); }) ==
        "cannot seal .env: line 2: it must be KEY=VALUE");
  CHECK(refusal([&] { seal::add_env_file(made, "USER=again\n", ".env"); }) ==
        "cannot seal .env: line 1: the key 'USER' is there twice");
}

TEST_CASE("what is sealed anew goes out without what the controller would lose or fill in") {
  const auto all = seal::sealed_secrets_from(
      "kind: SealedSecret\nmetadata: {name: db, labels: {team: blue}, annotations: {a: b}}\n"
      "spec: {encryptedData: {x: AgA=}, template: {data: {y: '{{ .x }}'}, metadata: {labels: {team: blue}}}}\n",
      "db.yaml");
  REQUIRE(all.size() == 1);
  CHECK(seal::bare(all.front()) == Json::parse(R"({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
    "metadata": {"name": "db", "annotations": {"a": "b"}},
    "spec": {"encryptedData": {"x": "AgA="}, "template": {"metadata": {"name": "db", "annotations": {"a": "b"}}}}})"));
  CHECK(refusal([] { seal::sealed_secrets_from(head, "db.yaml"); }) ==
        "cannot seal db.yaml anew: document 1 is no SealedSecret with encryptedData | gf seal makes one of a Secret");
}

TEST_CASE("a written manifest is read back as it was") {
  const auto object = Json::parse(R"({"a": {"empty": {}, "none": [], "list": ["x", {"k": "v"}, [1, 2]], "null": null},
    "texts": ["yes", "No", "1e3", "0x10", "", "~", "- x", "a: b", "#c", "two\nlines", "AgB+/x==", "ö", " b", "null"],
    "numbers": [1, -2.5, true], "key with: colon": "v", "y": "n"})");
  const auto text = seal::manifest_text({object, object});
  CHECK(kube::read_documents(text, "it") == std::vector<Json>{object, object});
  CHECK(seal::manifest_text({Json::parse(R"({"b": ["AgB+/x==", "yes"], "a": {"c": "d"}})")}) ==
        "a:\n  c: d\nb:\n  - AgB+/x==\n  - \"yes\"\n");
}

}  // namespace gf::test
