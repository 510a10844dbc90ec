#include "agent/failure.hpp"

#include <cerrno>
#include <cstring>

namespace gf::agent {

std::string words(int error) {
  std::string text = std::strerror(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

std::string shown(std::string_view path) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      text += "\\x";
      text += digits[byte >> 4];
      text += digits[byte & 15];
    } else {
      text += c;
    }
  }
  return text + '"';
}

Failure file_failure(int error, std::string_view what, std::string_view path, std::string_view target) {
  const std::string place(target);
  const std::string begin =
      "cannot " + std::string(what) + ' ' + (path.empty() ? std::string() : shown(path) + " in ") + place + ": ";
  switch (error) {
    case EROFS:
      return {
          "deploy-failed", begin + "the container's file system is read-only",
          "mount a volume (emptyDir) at " + place + ", or unset readOnlyRootFilesystem in the pod's securityContext"};
    case EXDEV:
    case ELOOP:
      return {"deploy-failed", begin + "a symbolic link in the container leads out of " + place,
              "remove the link from the image, or sync to the folder that it names"};
    case ENOSPC:
    case EDQUOT:
      return {"deploy-failed", begin + "no space is left", "free disk space on this machine, or enlarge the volume"};
    case EBUSY:
      return {"deploy-failed", begin + "a volume is mounted there",
              "mount the volume elsewhere, or leave the path out of sync"};
    default:
      return {"deploy-failed", begin + words(error), ""};
  }
}

}  // namespace gf::agent
