-- Members are told by direct message what happens to their access, unless a guild chooses less.
ALTER TABLE "Guild" ADD COLUMN "notices" TEXT NOT NULL DEFAULT 'given,changed,paused,ended,reminder';
