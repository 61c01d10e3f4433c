-- AlterTable
ALTER TABLE "Member" ADD COLUMN     "name" TEXT,
ADD COLUMN     "nameKey" TEXT;
