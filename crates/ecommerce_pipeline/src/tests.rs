mod duplicates;
mod elsewhere;
mod runs;
