-- AlterTable
ALTER TABLE "Library" ADD COLUMN "identity" TEXT;
ALTER TABLE "Library" ADD COLUMN "formerIds" TEXT NOT NULL DEFAULT '[]';
ALTER TABLE "Library" ADD COLUMN "closed" TEXT;
