CREATE TABLE `sent_copies` (
	`delivery_id` text PRIMARY KEY NOT NULL,
	`mailbox_id` text NOT NULL,
	`raw` blob NOT NULL,
	`sent_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	FOREIGN KEY (`mailbox_id`) REFERENCES `mailboxes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sent_copies_due` ON `sent_copies` (`mailbox_id`,`next_at`);