package cortado.train;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A chart of lines over epochs.
 *
 * @param file  the picture's name
 * @param title above
 * @param unit  of the vertical axis
 * @param lines one value per epoch each
 * @param best  the one point that is marked, named by what for
 */
record Curves(String file, String title, String unit, List<Line> lines, Line best) {
    private static final BasicStroke THIN = new BasicStroke(1);
    private static final BasicStroke THICK = new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    /** Up to so many epochs, each has a dot; more dots would hide the line. */
    private static final int DOTTED = 60;

    /**
     * @param name   for the legend
     * @param colour of line and legend
     * @param x      epochs
     * @param y      values
     */
    record Line(String name, Color colour, List<Integer> x, List<Double> y) {
    }

    BufferedImage draw() {
        XYChart chart = new XYChart(900, 540);
        chart.setTitle(title);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle(unit);
        style(chart.getStyler());
        int last = lines.getFirst().x().getLast();
        range(chart.getStyler(), last);
        lines.forEach(l -> add(chart, l, THICK, last <= DOTTED ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE));
        add(chart, best, SeriesLines.NONE, SeriesMarkers.DIAMOND);
        chart.addAnnotation(new AnnotationLine(best.x().getFirst(), true, false));
        return BitmapEncoder.getBufferedImage(chart);
    }

    private static void add(XYChart chart, Line l, BasicStroke stroke, Marker marker) {
        chart.addSeries(l.name(), l.x(), l.y()).setMarker(marker).setMarkerColor(l.colour()).setLineColor(l.colour())
                .setLineStyle(stroke);
    }

    /**
     * Half an epoch of room at the sides, a little below and a little more above. Without ranges, or with even ones, the library
     * may put the marks at the values themselves (1, 76, 151 …) instead of at round numbers.
     */
    private void range(XYStyler s, int last) {
        DoubleSummaryStatistics y = lines.stream().flatMap(l -> l.y().stream()).mapToDouble(v -> v).summaryStatistics();
        double room = Math.max(0.05 * (y.getMax() - y.getMin()), 0.005 * y.getMax());
        s.setXAxisMin(0.5).setXAxisMax(last + 0.5).setXAxisDecimalPattern("0");
        s.setYAxisMin(Math.max(0, y.getMin() - room)).setYAxisMax(y.getMax() + 1.5 * room);
    }

    private static void style(XYStyler s) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
        s.setChartBackgroundColor(Color.WHITE).setChartFontColor(Canvas.INK).setChartPadding(16).setPlotBorderVisible(false)
                .setMarkerSize(7)
                .setChartTitleFont(plain.deriveFont(Font.BOLD, 18)).setChartTitlePadding(12)
                .setLegendFont(plain).setLegendBorderColor(Color.WHITE).setLegendPadding(12)
                .setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal)
                .setAnnotationLineColor(Canvas.FAINT).setAnnotationLineStroke(THIN);
        s.setPlotMargin(2).setPlotContentSize(1);
        s.setAxisTitleFont(plain).setAxisTitlePadding(10).setAxisTickLabelsFont(plain.deriveFont(12f))
                .setAxisTickLabelsColor(Canvas.FAINT).setAxisTickMarksColor(Canvas.FAINT)
                .setXAxisTickMarkSpacingHint(60).setYAxisTickMarkSpacingHint(60).setYAxisLabelAlignment(TextAlignment.Right)
                .setPlotGridVerticalLinesVisible(false).setPlotGridLinesColor(Canvas.GRID).setPlotGridLinesStroke(THIN);
    }
}
