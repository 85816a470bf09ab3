CREATE TABLE `distinct_people` (
	`a_id` text NOT NULL,
	`b_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`a_id`, `b_id`),
	FOREIGN KEY (`a_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`b_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `distinct_people_b` ON `distinct_people` (`b_id`);--> statement-breakpoint
ALTER TABLE `contact_aliases` ADD `merged` integer DEFAULT false NOT NULL;