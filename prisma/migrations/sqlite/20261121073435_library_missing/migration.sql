-- AlterTable
ALTER TABLE "Library" ADD COLUMN "missingSince" DATETIME;
