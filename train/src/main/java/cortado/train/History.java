package cortado.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What each epoch reached, and how that is written down. */
final class History {
    /** One epoch. */
    record Row(int epoch, double rate, double trainLoss, double valLoss, double top1, double top5, double imagesPerSecond,
            double seconds) {
    }

    private final List<Row> rows = new ArrayList<>();

    void add(Event.EpochEnd e) {
        rows.add(new Row(e.epoch(), e.rate(), e.trainLoss(), e.val().loss(), e.val().top1(), e.val().top5(), e.imagesPerSecond(),
                e.seconds()));
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    String csv() {
        StringBuilder csv = new StringBuilder("epoch,lr,train_loss,val_loss,val_top1,val_top5,images_per_s,seconds\n");
        for (Row r : rows) {
            csv.append(String.format(Locale.ROOT, "%d,%.6g,%.6f,%.6f,%.6f,%.6f,%.1f,%.3f\n", r.epoch, r.rate,
                    r.trainLoss, r.valLoss, r.top1, r.top5, r.imagesPerSecond, r.seconds));
        }
        return csv.toString();
    }
}
