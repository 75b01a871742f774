package cortado.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cortado.tensor.FormatException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadTest {
    /** SHA-256 of "abc", from the standard (FIPS 180-4). */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    @TempDir
    private Path dir;
    private ServerSocket server;
    private volatile byte[] body;
    private volatile int status = 200;
    private volatile int cut;

    @BeforeEach
    void serve() throws IOException {
        body = gz("abc");
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                answer();
            }
        });
    }

    /** Answers one request as little as HTTP allows; the body may lack its last {@code cut} bytes. */
    private void answer() {
        try (Socket socket = server.accept()) {
            BufferedReader request = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (!request.readLine().isEmpty()) {
                // headers do not matter
            }
            OutputStream out = socket.getOutputStream();
            out.write(("HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, body.length - cut);
        } catch (IOException e) {
            // the test is over, or its client went away
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static byte[] gz(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/x.gz");
    }

    private void refused(String part) throws IOException {
        assertThatThrownBy(() -> Download.fetch(url(), dir.resolve("cache/x.gz"), ABC)).isInstanceOf(FormatException.class)
                .message().contains(url().toString()).contains(part).doesNotContain("\n");
        try (var left = Files.list(dir.resolve("cache"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aFileWithTheRightSumIsKept() throws IOException {
        Download.fetch(url(), dir.resolve("cache/x.gz"), ABC);
        assertThat(dir.resolve("cache/x.gz")).hasBinaryContent(body);
        try (var left = Files.list(dir.resolve("cache"))) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void anotherFileIsNotKept() throws IOException {
        body = gz("abd");
        refused("expected " + ABC + "; it was not kept");
    }

    @Test
    void aBodyThatEndsEarlyIsNotKept() throws IOException {
        cut = 4;
        refused("cannot fetch");
    }

    @Test
    void aPackedFileThatEndsEarlyIsNotKept() throws IOException {
        body = java.util.Arrays.copyOf(body, body.length - 9);
        refused("");
    }

    @Test
    void anErrorPageIsNotKept() throws IOException {
        status = 404;
        refused("the server answered 404");
    }

    @Test
    void noServerIsOneLine() throws IOException {
        server.close();
        refused("--data-dir");
    }

    @Test
    void aKnownSetIsFetchedFileByFileAndThenFound() throws IOException {
        URI home = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
        Known set = new Known("abc", Known.DIGITS, home, java.util.List.of(),
                Known.FILES.stream().map(f -> new Known.Piece(f, ABC)).toList());
        Files.createDirectories(dir.resolve("abc"));
        Files.writeString(dir.resolve("abc").resolve(Known.FILES.get(1)), "mine");
        Download.all(set, dir.resolve("abc"));
        try (var files = Files.list(dir.resolve("abc"))) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder(Known.FILES.get(0) + ".gz",
                    Known.FILES.get(1), Known.FILES.get(2) + ".gz", Known.FILES.get(3) + ".gz");
        }
    }

    @Test
    void theKnownHomesAreSecure() {
        assertThat(Known.SETS).allMatch(k -> k.home().getScheme().equals("https") && k.files().size() == 4);
    }
}
