/* The first process of every pod: holds its namespaces, reaps orphans, ends at once when told to. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void stop(int number) {
  (void)number;
  _exit(0);
}
static void reap(int number) {
  (void)number;
  while (waitpid(-1, 0, WNOHANG) > 0) {
  }
}

int main(void) {
  struct sigaction on_child = {0};
  on_child.sa_handler = reap;
  on_child.sa_flags = SA_NOCLDSTOP;
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  sigaction(SIGCHLD, &on_child, 0);
  for (;;) pause();
}
