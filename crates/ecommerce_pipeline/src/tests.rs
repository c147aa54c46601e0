mod duplicates;
mod runs;
