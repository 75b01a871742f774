/**
 * Explanations: {@link cortado.explain.Explain} runs the real ops on small matrices, writes every number as the sum of its
 * terms and checks it by finite differences; {@link cortado.explain.Text} and {@link cortado.explain.Html} show the result.
 *
 * <p>Formulas are strings in the notation of the notes, {@code ∂L/∂k_uv = Σ_ij δ_ij · x_(i+u−1, j+v−1)}: a terminal shows
 * them as they are, a page typesets them.
 */
package cortado.explain;
