/** Optimizers, schedules, the training loop that tells everything by events, evaluation, and the run folder. */
package cortado.train;
