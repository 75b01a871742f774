package cortado.cli;

import cortado.op.Window;
import cortado.tensor.FormatException;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A window's settings as text: one number, rows and columns as {@code 2x3}, or four sides. */
final class WindowOptions {
    @Option(names = "--kernel", paramLabel = "N|HxW", description = "Window of a pooling (default 2).")
    private Optional<String> kernel = Optional.empty();

    @Option(names = "--stride", paramLabel = "N|HxW", description = "Distance of windows (default 1, of poolings the kernel).")
    private Optional<String> stride = Optional.empty();

    @Option(names = {"--pad", "--padding"}, paramLabel = "N|HxW|T,B,L,R|same", description = "Padding of the input (default 0).")
    private String pad = "0";

    @Option(names = "--dilation", paramLabel = "N|HxW", description = "Distance of positions in a window (default 1).")
    private String dilation = "1";

    @Option(names = {"--ceil", "--ceil-mode"}, description = "Let a last window of a pooling hang over the end.")
    private boolean ceil;

    @Option(names = "--count-include-pad", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Count padding in the mean of avgpool2d (the default), or not.")
    private boolean countPadding;

    boolean ceil() {
        return ceil;
    }

    boolean countPadding() {
        return countPadding;
    }

    /** The window of a kernel of that size, with stride 1 unless given. */
    Window of(int rows, int columns) {
        return window(new int[] {rows, columns}, stride.map(s -> pair("--stride", s)).orElse(new int[] {1, 1}));
    }

    /** The window of a pooling: its stride is its kernel unless given. */
    Window ofPooling() {
        int[] k = pair("--kernel", kernel.orElse("2"));
        return window(k, stride.map(s -> pair("--stride", s)).orElse(k));
    }

    private Window window(int[] k, int[] s) {
        int[] d = pair("--dilation", dilation);
        if (pad.equals("same")) {
            if (s[0] != 1 || s[1] != 1) {
                throw new FormatException("--pad same needs stride 1, received " + s[0] + "×" + s[1]);
            }
            return Window.same(k[0], k[1], d[0], d[1]);
        }
        int[] p = numbers("--pad", pad);
        p = p.length == 4 ? p : p.length == 2 ? new int[] {p[0], p[0], p[1], p[1]} : new int[] {p[0], p[0], p[0], p[0]};
        return new Window(new Window.Axis(k[0], s[0], p[0], p[1], d[0]), new Window.Axis(k[1], s[1], p[2], p[3], d[1]));
    }

    private static int[] pair(String what, String text) {
        int[] n = numbers(what, text);
        if (n.length == 4) {
            throw new FormatException(what + ": expected one number or two such as 2x3, received " + text);
        }
        return n.length == 2 ? n : new int[] {n[0], n[0]};
    }

    private static int[] numbers(String what, String text) {
        if (!text.matches("[0-9]{1,4}([x×,][0-9]{1,4})?|[0-9]{1,4}(,[0-9]{1,4}){3}")) {
            String more = what.equals("--pad") ? ", four or same" : "";
            throw new FormatException(what + ": expected one number, two such as 2x3" + more + ", received " + text);
        }
        return Arrays.stream(text.split("[x×,]")).mapToInt(Integer::parseInt).toArray();
    }
}
