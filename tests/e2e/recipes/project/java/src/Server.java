import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers with a text of its own. */
public final class Server extends Thread {
  private static final String TEXT = "v1";
  private final Socket client;

  private Server(Socket client) {
    this.client = client;
  }

  @Override
  public void run() {
    try (client) {
      if (client.getInputStream().read(new byte[4096]) < 0) return;
      String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + TEXT.length() + "\r\n\r\n" + TEXT;
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException error) {
      System.err.println(error);
    }
  }

  public static void main(String[] arguments) throws IOException {
    String port = System.getenv("PORT");
    try (ServerSocket listener = new ServerSocket(port == null ? 8000 : Integer.parseInt(port))) {
      while (true) new Server(listener.accept()).start();
    }
  }
}
