// An OCI runtime for hosts whose capability bounding set lacks CAP_SYS_RESOURCE (containers in CI, nested VMs), where
// every privileged container otherwise fails with "unable to apply caps". Takes that one capability out of the bundle's
// config.json (create, run) or of the process file (exec) and then becomes runc with the same arguments.
// In C because every `docker exec` passes through here: a shell and a JSON tool would cost it some 20 ms.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char capability[] = "\"CAP_SYS_RESOURCE\"";

// Removes the string and the comma that belongs to it wherever it stands in an array; the engine writes no other use.
static void remove_from(const char* path) {
  FILE* file = fopen(path, "r+b");
  if (!file) return;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char* text = malloc((size_t)size + 1);
  if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) {
    fclose(file);
    free(text);
    return;
  }
  text[size] = 0;
  int changed = 0;
  for (char* at; (at = strstr(text, capability)) != NULL; changed = 1) {
    char* end = at + sizeof capability - 1;
    while (*end == ' ' || *end == '\n' || *end == '\t') ++end;
    if (*end == ',') {
      ++end;
    } else {
      char* before = at;
      while (before > text && (before[-1] == ' ' || before[-1] == '\n' || before[-1] == '\t')) --before;
      if (before > text && before[-1] == ',') at = before - 1;
    }
    memmove(at, end, strlen(end) + 1);
  }
  if (changed) {
    rewind(file);
    fwrite(text, 1, strlen(text), file);
    fflush(file);
    if (ftruncate(fileno(file), (off_t)strlen(text)) != 0) perror(path);
  }
  fclose(file);
  free(text);
}

static void remove_from_bundle(const char* bundle) {
  char path[4096];
  snprintf(path, sizeof path, "%s/config.json", bundle);
  remove_from(path);
}

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const char* next = i + 1 < count ? arguments[i + 1] : NULL;
    if (next && (!strcmp(arguments[i], "--bundle") || !strcmp(arguments[i], "-b")))
      remove_from_bundle(next);
    else if (!strncmp(arguments[i], "--bundle=", 9))
      remove_from_bundle(arguments[i] + 9);
    else if (next && (!strcmp(arguments[i], "--process") || !strcmp(arguments[i], "-p")))
      remove_from(next);
    else if (!strncmp(arguments[i], "--process=", 10))
      remove_from(arguments[i] + 10);
  }
  execvp("runc", arguments);
  perror("cannot run runc");
  return 127;
}
