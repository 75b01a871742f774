package cortado.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The program, and beside it in the same process a thread that takes all memory once a file is there, and keeps it. */
final class Glutton {
    static final String MAIN = "cortado.cli/cortado.cli.Glutton";
    private static final String FILE = "glutton.file";
    /** Less than a file's buffer, so that no checkpoint can be written; enough to say so. */
    private static final int BITE = 60 << 10;

    private Glutton() {
    }

    /** {@return what java needs to find it among the tests, with a heap in which a small network is trained} */
    static List<String> options(Path file) {
        Path tests = Path.of(URI.create(Glutton.class.getResource("Glutton.class").toString())).resolve("../../..").normalize();
        return List.of("-Xmx24m", "-D" + FILE + "=" + file, "--patch-module", "cortado.cli=" + tests);
    }

    public static void main(String[] args) throws IOException {
        Thread eater = new Thread(() -> eat(Path.of(System.getProperty(FILE))));
        eater.setDaemon(true);
        eater.start();
        Main.main(args);
    }

    private static void eat(Path file) {
        while (!Files.exists(file)) {
            LockSupport.parkNanos(1_000_000);
        }
        List<byte[]> eaten = new ArrayList<>();
        try {
            while (true) {
                eaten.add(new byte[BITE]);
            }
        } catch (OutOfMemoryError e) {
            while (!eaten.isEmpty()) {
                LockSupport.park(); // what the training frees in falling is left for its last words
            }
        }
    }
}
