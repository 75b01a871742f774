/** Optimizers, schedules, the training loop that tells everything by events, evaluation, and the run folder that writes them down. */
package cortado.train;
