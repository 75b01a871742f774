/** Four lanes in plain Java: every operation gives the same bits as the JDK's, and does what the JDK's of the same name does. */
package jdk.incubator.vector;
