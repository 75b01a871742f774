package cortado.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What each epoch reached, and how that is written down. */
final class History {
    private final List<EpochResult> rows = new ArrayList<>();

    void add(EpochResult row) {
        rows.add(row);
    }

    /** Goes on from what a checkpoint knows. */
    void resume(List<EpochResult> before) {
        rows.clear();
        rows.addAll(before);
    }

    List<EpochResult> rows() {
        return List.copyOf(rows);
    }

    String csv() {
        StringBuilder csv = new StringBuilder("epoch,lr,train_loss,val_loss,val_top1,val_top5,images_per_s,seconds\n");
        for (EpochResult r : rows) {
            csv.append(String.format(Locale.ROOT, "%d,%.6g,%.6f,%.6f,%.6f,%.6f,%.1f,%.3f\n", r.epoch(), r.rate(),
                    r.trainLoss(), r.valLoss(), r.top1(), r.top5(), r.imagesPerSecond(), r.seconds()));
        }
        return csv.toString();
    }
}
