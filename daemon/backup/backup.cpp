#include "backup/backup.hpp"

#include <ctime>

namespace gf::backup {

Json to_json(const Backup& backup) {
  return Json{{"id", backup.id},           {"project", backup.project},    {"addon", backup.addon},
              {"version", backup.version}, {"profile", backup.profile},    {"extension", backup.extension},
              {"bytes", backup.bytes},     {"sha256", backup.sha256},      {"began", backup.began},
              {"ended", backup.ended},     {"scheduled", backup.scheduled}};
}

Backup backup_from_json(const Json& value) {
  Backup backup;
  backup.id = value.at("id");
  backup.project = value.at("project");
  backup.addon = value.at("addon");
  backup.version = value.at("version");
  backup.profile = value.at("profile");
  backup.extension = value.at("extension");
  backup.bytes = value.at("bytes");
  backup.sha256 = value.at("sha256");
  backup.began = value.at("began");
  backup.ended = value.at("ended");
  backup.scheduled = value.at("scheduled");
  return backup;
}

std::string id_of(double seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return text;
}

}  // namespace gf::backup
