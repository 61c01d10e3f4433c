-- AlterTable
ALTER TABLE "Guild" ADD COLUMN "recordChainedTo" INTEGER;
