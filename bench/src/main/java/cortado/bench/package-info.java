/**
 * The yardstick. A workload is timed in a process of its own, the contestant's in another; they work in turns, never at the
 * same time, on the same weights and batches, and must compute the same numbers before any time counts.
 */
package cortado.bench;
