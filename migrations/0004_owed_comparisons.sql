CREATE TABLE `owed_comparisons` (
	`space_id` text NOT NULL,
	`owed_by` text NOT NULL,
	`run_id` text NOT NULL,
	PRIMARY KEY(`space_id`, `owed_by`, `run_id`)
);
