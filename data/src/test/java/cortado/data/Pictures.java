package cortado.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Small image files for tests. */
final class Pictures {
    /** 16×16, left half (200, 30, 40), right half (20, 60, 220), written by Pillow 9.4 as an Adobe CMYK JPEG. */
    static final byte[] CMYK = decode("""
            /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFB
            gSFBUU/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQEC
            AwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dX
            Z3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E
            QwBNAFkASwAAPwD7Ar8+q+FK/VOvwfr1Cv3gor94K8vr8H6K/B+vUK/eCiv/2Q==""");
    /** The same picture as a lossless WebP. */
    static final byte[] WEBP = decode("UklGRioAAABXRUJQVlA4TB0AAAAvD8ADAA9wHvFT0J6Je/6DB2LBZP7S3RlE9D9yAQA=");
    /** 16×16, white in the first quarter, else black, written by Pillow as a JPEG with EXIF orientation 1 at byte 49. */
    static final byte[] EXIF = decode("""
            /9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAEAAAAAAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh
            0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/wAALCAAQABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQF
            BgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3OD
            k6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW
            19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APZq+M6KK//Z""");

    private Pictures() {
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    /** Writes an image; the format is the file's ending. */
    static Path write(Path file, BufferedImage image) {
        try {
            Files.createDirectories(file.getParent());
            String name = file.getFileName().toString();
            if (!ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile())) {
                throw new IllegalArgumentException("no writer for " + file);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A picture of one colour. */
    static BufferedImage plain(int type, int w, int h, int argb) {
        BufferedImage image = new BufferedImage(w, h, type);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                image.setRGB(x, y, argb);
            }
        }
        return image;
    }

    /** A folder of classes, each with n pictures of its own grey; named 00.png, 01.png, … */
    static void folder(Path root, List<String> classes, int n, int w, int h) {
        for (int c = 0; c < classes.size(); c++) {
            for (int i = 0; i < n; i++) {
                BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_3BYTE_BGR);
                for (int p = 0; p < w * h; p++) {
                    image.getRaster().setPixel(p % w, p / w, new int[] {60 * c + i, 60 * c, 10});
                }
                write(root.resolve(classes.get(c)).resolve(String.format("%02d.png", i)), image);
            }
        }
    }
}
