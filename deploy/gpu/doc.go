// Command gpu checks temper on an accelerator: do the graphs compute there what
// they compute on the CPU, how fast are they, and how fast is PyTorch with
// Hugging Face transformers on the same device in the same call? See README.md.
//
// A cell is one figure of the tables. Every cell runs in a process of its own,
// so that running out of memory, a crash or a hang in one costs only that one.
// The parent finds the PJRT plugin, sets up the environment, keeps the time
// budget, watches the device's memory and writes the tables.
package main
