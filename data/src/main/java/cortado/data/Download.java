package cortado.data;

import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** Fetches the files of a known data set, unpacks them in memory to check their SHA-256, and only then gives them their names. */
final class Download {
    private static final System.Logger LOG = System.getLogger(Download.class.getName());
    /** More than any packed file of the known sets. */
    private static final int MOST_BYTES = 1 << 28;

    private Download() {
    }

    /** The files of a set that are not in {@code folder} yet. */
    static void all(Known known, Path folder) {
        for (Known.Piece p : known.files()) {
            if (Known.find(folder, p.file()).isEmpty()) {
                fetch(known.home().resolve(p.file() + ".gz"), folder.resolve(p.file() + ".gz"), p.sha256());
            }
        }
    }

    /**
     * @param from   where it is
     * @param to     where it goes; written whole or not at all
     * @param sha256 of the unpacked file, 64 hexadecimal digits
     */
    static void fetch(URI from, Path to, String sha256) {
        LOG.log(System.Logger.Level.INFO, "fetching {0}", from);
        HttpRequest request = HttpRequest.newBuilder(from).timeout(Duration.ofMinutes(10)).build();
        try (HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(20)).build()) {
            Files.createDirectories(to.toAbsolutePath().getParent());
            Path part = Files.createTempFile(to.toAbsolutePath().getParent(), to.getFileName().toString(), ".part");
            try {
                HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream body = response.body()) {
                    if (response.statusCode() != 200) {
                        throw new FormatException("cannot fetch " + from + ": the server answered " + response.statusCode());
                    }
                    save(body, part, from);
                }
                check(part, from, sha256);
                Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new FormatException("cannot fetch " + from + " to " + to + ": " + Bytes.reason(e)
                    + "; fetch the file by other means and give its folder with --data-dir", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormatException("fetching " + from + " was interrupted", e);
        }
    }

    private static void save(InputStream body, Path part, URI from) throws IOException {
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
            byte[] chunk = new byte[1 << 16];
            long total = 0;
            for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
                total += n;
                if (total > MOST_BYTES) {
                    throw new FormatException("cannot fetch " + from + ": it is larger than " + MOST_BYTES + " bytes");
                }
                for (ByteBuffer b = ByteBuffer.wrap(chunk, 0, n); b.hasRemaining();) {
                    out.write(b);
                }
            }
            out.force(true);
        }
    }

    private static void check(Path part, URI from, String sha256) {
        String received;
        try {
            received = Bytes.file(part, (in, name) -> sha256(in));
        } catch (FormatException e) {
            throw new FormatException("what came from " + from + " is damaged: its gzip stream ends early or is corrupt; "
                    + "it was not kept", e);
        }
        if (!received.equals(sha256)) {
            throw new FormatException("what came from " + from + " is not the file that was expected: SHA-256 of the unpacked file "
                    + received + ", expected " + sha256 + "; it was not kept");
        }
    }

    private static String sha256(InputStream in) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[1 << 16];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                sha.update(chunk, 0, n);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
