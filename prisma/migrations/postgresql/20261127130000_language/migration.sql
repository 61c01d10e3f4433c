-- AlterTable
ALTER TABLE "Guild" ADD COLUMN "language" TEXT NOT NULL DEFAULT 'en';
