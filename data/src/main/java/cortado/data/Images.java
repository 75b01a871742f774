package cortado.data;

import cortado.tensor.FormatException;
import cortado.tensor.Shape;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Image files to bytes, by the JDK's ImageIO with TwelveMonkeys' readers for CMYK JPEGs and WebP. Grey and RGB samples are
 * taken as the file has them: colour profiles are ignored, as other learning libraries do; 16 bits are rounded to 8; alpha is
 * laid on white; a JPEG is turned as its EXIF orientation says.
 */
final class Images {
    /** Endings of files that are taken for images. */
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff");
    private static final long MOST_PIXELS = 100_000_000;
    private static final long MOST_BYTES = 1L << 29;

    /**
     * Pixels of an image, channel by channel.
     *
     * @param shape  {@code C H W}, C 1 or 3
     * @param pixels 0–255 unsigned
     */
    record Picture(Shape shape, byte[] pixels) {
        /** {@return the shape, with one channel if red, green and blue are the same everywhere} */
        Shape lean() {
            int plane = shape.dim(1) * shape.dim(2);
            boolean grey = shape.dim(0) == 1 || Arrays.equals(pixels, 0, plane, pixels, plane, 2 * plane)
                    && Arrays.equals(pixels, 0, plane, pixels, 2 * plane, 3 * plane);
            return Shape.of(grey ? 1 : 3, shape.dim(1), shape.dim(2));
        }
    }

    private Images() {
    }

    /** {@return the image files under a folder, sorted by path} */
    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Images::named).filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new FormatException("cannot read the folder " + folder + ": " + Bytes.reason(e), e);
        }
    }

    private static boolean named(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** An image fitted to a shape. */
    static byte[] read(Path file, Shape to) {
        Picture p = picture(file);
        return Fit.fit(p.pixels, p.shape, to);
    }

    /** An image as it is: grey where the file is grey, else RGB. */
    static Picture picture(Path file) {
        byte[] bytes = bytes(file);
        try (ImageInputStream in = new ByteStream(Jpeg.withoutProfile(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new FormatException(file + " is not an image: expected PNG, JPEG, BMP, GIF, WebP or TIFF; it begins with "
                        + beginning(bytes));
            }
            if (Jpeg.truncated(bytes)) {
                throw new FormatException(file + " is truncated: a JPEG without its end marker, after " + bytes.length + " bytes");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new FormatException(file + " says it is " + reader.getWidth(0) + "×" + reader.getHeight(0)
                            + " pixels large; at most 100 megapixels are read");
                }
                return Jpeg.upright(planar(reader.read(0)), bytes);
            } finally {
                reader.dispose();
            }
        } catch (FormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Readers of damaged files also throw index and argument exceptions of all kinds.
            throw new FormatException(file + " is a damaged or truncated image: " + Bytes.reason(e), e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) { // /dev/zero has no end
                throw new FormatException(file + " is no regular file; expected an image file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new FormatException(file + " has " + Files.size(file) + " bytes; image files of up to 512 MiB are read");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new FormatException("there is no file " + file, e);
        } catch (IOException e) {
            throw new FormatException("cannot read " + file + ": " + Bytes.reason(e), e);
        }
    }

    private static String beginning(byte[] bytes) {
        if (bytes.length == 0) {
            return "nothing: it is empty";
        }
        String text = new String(bytes, 0, Math.min(16, bytes.length), StandardCharsets.ISO_8859_1);
        return "'" + text.replaceAll("[^ -~]", ".") + "'";
    }

    /** Samples as the file has them where its colours are grey or RGB, else (palettes, CMYK) as Java converts them. */
    private static Picture planar(BufferedImage image) {
        ColorModel model = image.getColorModel();
        int type = image.getRaster().getTransferType();
        boolean samples = model instanceof ComponentColorModel && !model.isAlphaPremultiplied()
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
                && model.getNumComponents() == image.getRaster().getNumBands()
                && (model.getNumColorComponents() == 1 || model.getColorSpace().getType() == ColorSpace.TYPE_RGB);
        return samples ? samples(image.getRaster(), model) : converted(image);
    }

    private static Picture samples(Raster raster, ColorModel model) {
        int w = raster.getWidth();
        int h = raster.getHeight();
        int bands = raster.getNumBands();
        int colours = model.getNumColorComponents();
        int most = (1 << model.getComponentSize(0)) - 1;
        byte[] out = new byte[colours * h * w];
        int[] row = new int[bands * w];
        for (int y = 0; y < h; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, w, 1, row);
            for (int x = 0; x < w; x++) {
                for (int c = 0; c < colours; c++) {
                    int v = scale(row[x * bands + c], most);
                    out[(c * h + y) * w + x] = (byte) (bands > colours ? onWhite(v, scale(row[x * bands + colours], most)) : v);
                }
            }
        }
        return new Picture(Shape.of(colours, h, w), out);
    }

    private static int scale(int v, int most) {
        return most == 255 ? v : (int) ((v * 255L + most / 2) / most);
    }

    private static int onWhite(int v, int alpha) {
        return (v * alpha + 255 * (255 - alpha) + 127) / 255;
    }

    private static Picture converted(BufferedImage image) {
        int w = image.getWidth();
        int h = image.getHeight();
        byte[] out = new byte[3 * h * w];
        int[] row = new int[w];
        for (int y = 0; y < h; y++) {
            image.getRGB(0, y, w, 1, row, 0, w);
            for (int x = 0; x < w; x++) {
                int alpha = row[x] >>> 24;
                for (int c = 0; c < 3; c++) {
                    out[(c * h + y) * w + x] = (byte) onWhite(row[x] >> 16 - 8 * c & 255, alpha);
                }
            }
        }
        return new Picture(Shape.of(3, h, w), out);
    }
}
