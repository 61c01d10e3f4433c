-- AlterTable
ALTER TABLE "Library" ADD COLUMN     "closed" TEXT,
ADD COLUMN     "formerIds" TEXT NOT NULL DEFAULT '[]',
ADD COLUMN     "identity" TEXT;
